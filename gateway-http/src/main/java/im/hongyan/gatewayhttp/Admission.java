package im.hongyan.gatewayhttp;

import im.hongyan.kit.limit.ConcurrencyLimit;

/**
 * What stands before a call: how many go on at once, how often one client may ask, how often it may
 * guess the shared secret.
 *
 * @param maxConcurrentCalls of the first limit, for clients to read
 */
record Admission(
    ConcurrencyLimit limit, int maxConcurrentCalls, RequestRates rates, SecretGuesses guesses) {}
