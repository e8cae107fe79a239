/** MySQL and MariaDB: pool, migrations, transactions and inserts of many rows. */
@NullMarked
package im.hongyan.drivers.mysql;

import org.jspecify.annotations.NullMarked;
