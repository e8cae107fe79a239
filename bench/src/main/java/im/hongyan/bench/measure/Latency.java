package im.hongyan.bench.measure;

/** Percentiles of a latency in microseconds. */
public record Latency(
    long count, long p50Micros, long p90Micros, long p99Micros, long p999Micros, long maxMicros) {}
