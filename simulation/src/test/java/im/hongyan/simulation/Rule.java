package im.hongyan.simulation;

/**
 * The rules of docs/sequencing.md that the simulation can switch off, each by a store that lies or
 * by a part of the simulated world that behaves otherwise; production code has no switches.
 */
enum Rule {
  /** O1: a data record counts only if its term is the latest claim before it. */
  VOID_RULE,
  /** O1 before O2: the fold reaches up to the owner's own claim. */
  CLAIM_BEFORE_FOLD,
  /** O2: the fold starts no later than the history writer's position. */
  FOLD_FROM_HISTORY,
  /** O2, Following: three minutes of claims are kept, and the fold starts at the oldest. */
  THREE_MINUTE_TAIL,
  /** O3: a lost Redis is loaded with the tail of the log. */
  RELOAD_WITH_TAIL,
  /** O3: a new generation is loaded before it is published. */
  GENERATION_SWITCH,
  /** O3: sends are accepted again only when all that im-inbound held is numbered. */
  OPEN_ONLY_WHEN_NUMBERED,
  /** O3: a Redis that was started again may have lost tickets, wherever its position is. */
  OPEN_ON_ONE_SERVER,
  /** A3: an open ticket gives a resend the ids of the first attempt. */
  TICKETS,
  /** A3 and O5: the window of the last two days knows what was sent. */
  RESEND_WINDOW,
  /** O5: while a window is incomplete, history is asked too. */
  HISTORY_CHECK_WHILE_INCOMPLETE,
  /** O5: a seq of Redis is believed only with the position that the owner expects. */
  POSITION_WITH_SEQ_READ,
  /**
   * O5: the tail counts before history where Redis has no seq. The only rule whose absence nothing
   * shows: Redis is loaded with the tail before a message is numbered (RELOAD_WITH_TAIL) and keeps
   * seqs for days, so that a seq of the tail is never missing there. It guards against a Redis that
   * evicts keys, which is not allowed.
   */
  TAIL_BEFORE_HISTORY,
  /** O6: a batch follows the last one directly, or what lies between is looked at. */
  CONTIGUITY,
  /** O6: an append of unknown outcome ends the ownership. */
  UNKNOWN_OUTCOME,
  /** O6: after a failed append no later one of the same ownership reaches the log. */
  APPENDS_END_AT_FAILURE,
  /** O7: the script refuses unless the position is what the owner expects. */
  REDIS_POSITION_CHECK,
  /** Following: history's rows and position change in one transaction. */
  HISTORY_POSITION_IN_TRANSACTION,
  /** Following: the inbox writer repeats its last minutes after a start. */
  INBOX_REPEATS_LAST_MINUTE,
  /** Following: a message is pushed only when the position has reached it. */
  PUSH_AFTER_POSITION,
  /** Reading: a position lower than this process has seen is refused. */
  READER_POSITION_CHECK,
  /** Reading: history's highest seq counts only while history is not beyond the position. */
  READER_HISTORY_NOT_BEYOND_POSITION,
  /** Retention: nothing is deleted that a follower has not taken. */
  LOG_KEEPS_WHAT_IS_NEEDED,
  /**
   * Retention: what followers needed some time ago is kept, since stores lose their last writes.
   */
  LOG_KEEPS_WHAT_WAS_NEEDED,
  /** Retention: who begins at the log's begin knows the claim before it from its position. */
  STORED_CLAIMS_AT_BEGIN
}
