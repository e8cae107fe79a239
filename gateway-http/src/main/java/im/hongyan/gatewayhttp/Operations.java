package im.hongyan.gatewayhttp;

import im.hongyan.kit.config.ConfigCentre;
import im.hongyan.kit.discovery.MetricsTargets;
import im.hongyan.kit.http.HttpHandler;

/**
 * What the gateway shows operators and administrators of this process and of all.
 *
 * @param pages answers the operators' pages of this process
 * @param centre the settings of all processes
 * @param targets where the processes show their metrics
 */
public record Operations(HttpHandler pages, ConfigCentre centre, MetricsTargets targets) {}
