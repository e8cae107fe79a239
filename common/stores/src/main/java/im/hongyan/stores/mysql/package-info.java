/** MySQL and MariaDB: pool, migrations, the history of messages and followers' positions. */
@NullMarked
package im.hongyan.stores.mysql;

import org.jspecify.annotations.NullMarked;
