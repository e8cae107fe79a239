package im.hongyan.relation;

import java.util.List;

/** Thousands of rows of friends, groups and conversations, for a database that plans statements. */
final class ListRows {
  /** Of every version log. */
  static final String LOG_ID = "a".repeat(24);

  private static final String DIGITS = "(" + "SELECT 0 AS d".concat(digits()) + ")";

  /** 2,000 numbers n, each with k from 1 to 4. */
  private static final String NUMBERS =
      " FROM (SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n, 1 + f.d AS k FROM "
          + String.join(" JOIN ", List.of(of("a"), of("b"), of("c"), of("e"), of("f")))
          + " WHERE e.d < 2 AND f.d < 4) AS numbers";

  private final RelationDatabase database;

  ListRows(RelationDatabase database) {
    this.database = database;
  }

  private static String digits() {
    StringBuilder digits = new StringBuilder();
    for (int i = 1; i < 10; i++) {
      digits.append(" UNION ALL SELECT ").append(i);
    }
    return digits.toString();
  }

  private static String of(String alias) {
    return DIGITS + " AS " + alias;
  }

  /** Fills the tables, which are empty. */
  void fill() {
    String self = "CONCAT('u', n)";
    String other = "CONCAT('u', (n + k) MOD 2000)";
    insert(
        "friend (owner_user_id, friend_user_id, remark, create_time, add_source,"
            + " operator_user_id, ex, add_order)",
        self,
        other,
        "'', n, 1, '', '', k");
    insert(
        "friend_request (from_user_id, to_user_id, handle_result, req_msg, create_time,"
            + " handler_user_id, handle_msg, handle_time, ex)",
        self,
        other,
        "k MOD 2, '', n, '', '', 0, ''");
    insert(
        "black (owner_user_id, block_user_id, create_time, add_source, operator_user_id, ex,"
            + " add_order)",
        self,
        other,
        "n, 0, '', '', k");
    insert(
        "conversation (owner_user_id, user_id, conversation_id, conversation_type, group_id,"
            + " attached_info, ex, create_time, recv_msg_opt, is_pinned)",
        self,
        other,
        "CONCAT('si_u', n, '_u', n + k), 1, '', '', '', k, IF(k = 1, 2, 0), k = 2");
    insert(
        "group_member (group_id, user_id, nickname, face_url, role_level, join_time,"
            + " join_source, inviter_user_id, operator_user_id, mute_end_time, ex, join_order,"
            + " join_version)",
        "CONCAT('g', n)",
        other,
        "'', '', CASE k WHEN 1 THEN 100 WHEN 2 THEN 60 ELSE 20 END, 1, 2, '', '', 0, '', k, 1");
    insert(
        "group_request (group_id, user_id, handle_result, req_msg, handle_msg, req_time,"
            + " handle_user_id, handle_time, join_source, inviter_user_id, ex)",
        "CONCAT('g', n)",
        "CONCAT('u', (n + 10 + k) MOD 2000)",
        "k MOD 2, '', '', n, '', 0, 2, '', ''");
    database.execute(
        "INSERT INTO chat_group (group_id, group_name, notification, introduction, face_url, ex,"
            + " status, owner_user_id, creator_user_id, group_type, need_verification,"
            + " look_member_info, apply_member_friend, notification_update_time,"
            + " notification_user_id, create_time, member_count, members_ever)"
            + " SELECT CONCAT('g', n), CONCAT('name', n), '', '', '', '', IF(n MOD 10 = 0, 2, 0),"
            + " CONCAT('u', n + 1), '', 2, 1, 0, 0, 0, '', n, 4, 4"
            + NUMBERS
            + " WHERE k = 1");
    fillLogs();
    for (String table :
        List.of(
            "friend",
            "friend_request",
            "black",
            "conversation",
            "chat_group",
            "group_member",
            "group_request",
            "version_log",
            "version_log_entry",
            "outbox_conversation",
            "outbox")) {
      database.execute("ANALYZE TABLE " + table);
    }
  }

  private void insert(String columns, String first, String second, String rest) {
    database.execute(
        "INSERT INTO " + columns + " SELECT " + first + ", " + second + ", " + rest + NUMBERS);
  }

  /** Of each list three versions, each with a change. */
  private void fillLogs() {
    for (int kind = 1; kind <= 5; kind++) {
      String owner = kind == 1 ? "CONCAT('g', n)" : "CONCAT('u', n)";
      String element =
          kind == 2
              ? "CONCAT('g', n + k)"
              : kind == 5 ? "CONCAT('si_u', n, '_u', n + k)" : "CONCAT('u', n + k)";
      database.execute(
          "INSERT INTO version_log (kind, owner_id, version_id, version) SELECT ?, "
              + owner
              + ", ?, 4"
              + NUMBERS
              + " WHERE k = 1",
          kind,
          LOG_ID);
      database.execute(
          "INSERT INTO version_log_entry (kind, owner_id, element_id, state, version, last_update)"
              + " SELECT ?, "
              + owner
              + ", "
              + element
              + ", 1 + k MOD 3, k, 1"
              + NUMBERS,
          kind);
    }
    database.execute(
        "INSERT INTO outbox_conversation (conversation_id, last_version, due_at, attempts, claim)"
            + " SELECT CONCAT('n_', n, '_', k), 1, 1, 0, 0"
            + NUMBERS);
  }
}
