package im.hongyan.bench.check;

import im.hongyan.bench.check.History.Entry;

/** A copy of a message that a user got by push or pull. */
public record Sighting(Entry entry, String user, Copy copy, boolean pushed) {}
