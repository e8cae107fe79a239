/** etcd: registrations under a lease, and watching them. */
@NullMarked
package im.hongyan.stores.etcd;

import org.jspecify.annotations.NullMarked;
