package im.hongyan.bench.scenario;

import im.hongyan.bench.check.History;
import im.hongyan.bench.measure.Ledger;
import org.jspecify.annotations.Nullable;

/**
 * What every scenario is played on.
 *
 * @param users how many users
 * @param seed decides everything that is drawn at random
 * @param ledger the run's own
 * @param history takes what clients see; null when nobody judges the run
 */
public record Stage(
    Target target, int users, long seed, Ledger ledger, @Nullable History history) {}
