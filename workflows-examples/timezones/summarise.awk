# One region of the time zone table: how many zones, how many countries, how many north of the equator, and the northernmost.
BEGIN { FS = "\t"; top = -91 }

/^#/ { next }

split($3, name, "/") && name[1] == region {
    zones++
    n = split($1, codes, ",")
    for (i = 1; i <= n; i++) countries[codes[i]]
    # Latitudes are written +DDMM or +DDMMSS, followed by the longitude with its own sign.
    latitude = substr($2, 2, 2) + substr($2, 4, 2) / 60
    if (substr($2, 1, 1) == "-") latitude = -latitude
    if (latitude > 0) northern++
    if (latitude > top) { top = latitude; topmost = $3 }
}

END {
    for (code in countries) different++
    print "zones=" zones + 0
    print "northern=" northern + 0
    print "line=" region "|" zones "|" different "|" topmost
}
