/** Holds the pages of the project to what the sources say of them, and to the rules of prose. */
@NullMarked
package im.hongyan.standalone.docs;

import org.jspecify.annotations.NullMarked;
