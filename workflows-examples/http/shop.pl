#!/usr/bin/perl
# A web service of two answers, for the example http.yaml.
#
#   shop.pl --find-port   prints a port that is free
#   shop.pl PORT          serves until POST /close, at most for 60 s
use strict;
use warnings;
use IO::Socket::INET;

$| = 1;
my ($port) = @ARGV;
if ($port eq '--find-port') {
    print IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1)->sockport, "\n";
    exit 0;
}

my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 5, ReuseAddr => 1)
    or die "cannot listen on port $port: $@\n";
print "listening\n";
alarm 60;

my $open = 1;
while ($open and my $client = $server->accept) {
    my $request = <$client> // next;
    my $length = 0;
    while (defined(my $header = <$client>)) {
        last if $header =~ /^\r?\n$/;
        $length = $1 if $header =~ /^content-length:\s*(\d+)/i;
    }
    my $body = '';
    read $client, $body, $length;
    $request =~ s/ HTTP.*//s;
    print "$request $body\n";

    my ($status, $answer) = ('404 Not Found', '{"error":"no such page"}');
    if ($request eq 'GET /orders') {
        ($status, $answer) = ('200 OK', '{"count":2,"amounts":[120,80],"orders":[{"customer":"ada"},{"customer":"grace"}]}');
    } elsif ($request eq 'POST /close') {
        ($status, $answer, $open) = ('202 Accepted', '{"answer":"closing"}', 0);
    }
    print $client "HTTP/1.1 $status\r\nContent-Type: application/json\r\nContent-Length: ", length $answer,
        "\r\nConnection: close\r\n\r\n$answer";
    close $client;
}
print "closed\n";
