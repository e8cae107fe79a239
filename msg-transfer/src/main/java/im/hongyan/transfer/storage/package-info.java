/** The ports of sequencer and followers over the real stores. */
@NullMarked
package im.hongyan.transfer.storage;

import org.jspecify.annotations.NullMarked;
