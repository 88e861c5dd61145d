package dev.dagkeeper.alert;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** By which ways alerts go; with none they are only listed. */
public record AlertSettings(Optional<WebhookSettings> webhook, Optional<EmailSettings> email) {
    /** No way. */
    public static final AlertSettings NONE = new AlertSettings(Optional.empty(), Optional.empty());

    List<Channel> channels(InstantSource clock) {
        var channels = new ArrayList<Channel>();
        webhook.ifPresent(settings -> channels.add(new Webhook(settings, clock)));
        email.ifPresent(settings -> channels.add(new Email(settings)));
        return channels;
    }
}
