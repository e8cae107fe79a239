/** A small driver of a Chromium: its DevTools protocol over a pipe, and pages in it. */
@NullMarked
package im.hongyan.sdktests.browser;

import org.jspecify.annotations.NullMarked;
