/** What the contents of messages that app servers send must hold, by content type. */
@NullMarked
package im.hongyan.gatewayhttp.content;

import org.jspecify.annotations.NullMarked;
