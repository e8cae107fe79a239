/** What tests of several modules share. */
@NullMarked
package im.hongyan.testkit;

import org.jspecify.annotations.NullMarked;
