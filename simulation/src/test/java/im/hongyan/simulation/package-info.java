/**
 * A seeded simulation of one lane: the production code of sequencer and writers over simulated
 * stores, with kills, pauses, two owners at once, lost acknowledgements and stores that lose data.
 */
@NullMarked
package im.hongyan.simulation;

import org.jspecify.annotations.NullMarked;
