package im.hongyan.webhooks;

import org.jspecify.annotations.Nullable;

/**
 * What a user's profile is to become; null leaves a field as it is.
 *
 * @param ex not part of the request of the older of the two hooks (rest-account.md 0.14)
 */
public record ProfileUpdate(
    String userId, @Nullable String nickname, @Nullable String faceUrl, @Nullable String ex) {}
