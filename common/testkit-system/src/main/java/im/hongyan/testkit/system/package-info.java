/** The system as processes, for tests that talk to it through its sockets and kill its parts. */
@NullMarked
package im.hongyan.testkit.system;

import org.jspecify.annotations.NullMarked;
