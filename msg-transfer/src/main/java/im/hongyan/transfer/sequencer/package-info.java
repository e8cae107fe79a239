/** The sequencer: gives each message its seq exactly once (docs/sequencing.md). */
@NullMarked
package im.hongyan.transfer.sequencer;

import org.jspecify.annotations.NullMarked;
