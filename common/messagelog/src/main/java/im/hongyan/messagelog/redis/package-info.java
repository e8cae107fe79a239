/**
 * Redis: the lanes' seqs, caches, windows and tickets. This page lists all keys of the product and
 * how long they live; {@code L3} is a lane, {@code G} its generation.
 *
 * <table>
 * <caption>Keys</caption>
 * <tr><td>{L3}:state</td><td>hash: g generation, p position, o open, w windows complete since, i last inbound offset
 * handled; stays</td></tr>
 * <tr><td>{L3}:G:s:CONV</td><td>last seq and its send time; 7 days after the last message, then history knows</td></tr>
 * <tr><td>{L3}:G:w:DAY:CONV</td><td>resend window: hash of sender and client id to seq; 3 days</td></tr>
 * <tr><td>{L3}:G:m:CONV</td><td>message cache: seq to body, the last 200; 2 hours</td></tr>
 * <tr><td>{L3}:G:r:CONV</td><td>read positions: user to seq; 30 days, then MySQL knows</td></tr>
 * <tr><td>{L3}:G:o:CONV</td><td>mutations that history may not have: field to offset:rank:value; 2 hours. Fields: m first
 * seq for everybody, n:USER for a user, x:USER last one of who left, and of a message r:SEQ read, e:SEQ erased,
 * d:SEQ:USER deleted for a user, v:SEQ revoked</td></tr>
 * <tr><td>{L3}:G:q:CONV</td><td>list of its fields in log order, with their offsets; 2 hours</td></tr>
 * <tr><td>{L3}:t:CONV:HASH</td><td>ticket: server id and send time; until sequenced, 24 hours</td></tr>
 * <tr><td>{L3}:load:G</td><td>state of a generation while it is loaded; 10 minutes</td></tr>
 * <tr><td>lane:3</td><td>channel that publishes a new position</td></tr>
 * <tr><td>presence:{NODE}</td><td>hash of a gateway: user to platforms, and a marker; 10 s, renewed by the gateway</td></tr>
 * <tr><td>sendstatus:OPERATION</td><td>status of what was sent over HTTP (rpc-msg); 24 hours</td></tr>
 * <tr><td>presence</td><td>channel that publishes whose platforms changed at which gateway</td></tr>
 * </table>
 */
@NullMarked
package im.hongyan.messagelog.redis;

import org.jspecify.annotations.NullMarked;
