/** etcd: registrations under a lease, and watching them. */
@NullMarked
package im.hongyan.drivers.etcd;

import org.jspecify.annotations.NullMarked;
