/** Connections to the stores, without a word of the domain; one package per kind below. */
@NullMarked
package im.hongyan.drivers;

import org.jspecify.annotations.NullMarked;
