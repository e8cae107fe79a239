/** Who may call which method: pure decisions, with look-ups that services hand in. */
@NullMarked
package im.hongyan.wire.authz;

import org.jspecify.annotations.NullMarked;
