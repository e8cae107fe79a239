package im.hongyan.standalone.routes;

import java.util.ArrayList;
import java.util.List;

/**
 * Calls of routes with the answers that they must have, as written in a text file:
 *
 * <pre>
 * # a comment
 * users alice bob
 * alice /friend/add_friend {"fromUserID": "$alice", "toUserID": "$bob"}
 * -&gt; ok
 * bob /friend/delete_friend {"ownerUserID": ""}
 * -&gt; 1001 userID1 is empty
 * alice /friend/get_full_friend_user_ids {"userID": "$alice"}
 * -&gt; {"version": "@number", "versionID": "@any=id", "equal": true, "userIDs": []}
 * </pre>
 *
 * <p>{@code users} makes users whose ids are fresh; {@code $name} stands for an id, and for what
 * {@code "@any=name"} has met in an answer before. {@code admin} calls as the administrator. After
 * {@code ->} follow {@code ok} for a success without data, the whole data of a success, or code and
 * detail of an error. In data, {@code "@any"} meets everything, {@code "@number"} a positive
 * number, {@code "@millis"} and {@code "@seconds"} a time of the last hour. An answer behind {@code
 * =>} is what it comes to: the call is repeated until then. A line that begins with blanks goes on
 * with the one before. In a request {@code "@many"} stands for 1,001 ids and {@code "@objects"} for
 * as many empty objects, one more than lists may have; {@code "@seqs"} for 10,001 seqs,
 * {@code @long} for 256 letters. {@code @1001} is the answer to a body that cannot be read,
 * whatever the text. {@code alice says $bob words} sends a message over the WebSocket, {@code alice
 * says @group words} to a group; it has no answer, and can be read when the next step begins. A
 * path may have a query; {@code ={…}} in it stands for the object in base64. {@code 400} before an
 * error is the HTTP status, which is 200 otherwise. A call without a request sends nothing.
 *
 * @param users names
 * @param steps in their order
 */
record RouteScript(List<String> users, List<Step> steps) {
  private static final String SAYS = "says";
  private static final String BAD_REQUEST = "400 ";

  /**
   * One call.
   *
   * @param line number of its line
   * @param repeated whether it is repeated until the answer is the expected one
   */
  record Step(
      int line, String caller, String path, String request, String expected, boolean repeated) {
    /** Whether it sends a message, to the one whom the request begins with. */
    boolean says() {
      return path.equals(SAYS);
    }

    /** The path without its query. */
    String route() {
      return path.split("\\?", 2)[0];
    }

    /** The HTTP status that its answer must have. */
    int status() {
      return expected.startsWith(BAD_REQUEST) ? 400 : 200;
    }

    /** What the body must be, as the script writes it. */
    String body() {
      return expected.startsWith(BAD_REQUEST) ? expected.substring(BAD_REQUEST.length()) : expected;
    }

    /** Whether it shows the body of a success. */
    boolean succeeds() {
      return expected.equals("ok") || expected.startsWith("{") || expected.startsWith("[");
    }
  }

  static RouteScript parse(List<String> lines) {
    List<String> users = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    String call = "";
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      int number = i + 1;
      while (i + 1 < lines.size() && lines.get(i + 1).startsWith(" ")) {
        i++;
        line += lines.get(i);
      }
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (line.startsWith("users ")) {
        users.addAll(List.of(line.substring("users ".length()).strip().split(" +")));
      } else if (line.startsWith("->") || line.startsWith("=>")) {
        steps.add(step(number, call, line.substring(2).strip(), line.startsWith("=")));
      } else if (line.contains(" " + SAYS + " ")) {
        steps.add(step(number, line, "", false));
      } else {
        call = line;
      }
    }
    return new RouteScript(List.copyOf(users), List.copyOf(steps));
  }

  private static Step step(int line, String call, String expected, boolean repeated) {
    String[] parts = call.split(" +", 3);
    if (parts.length < 2) {
      throw new IllegalArgumentException("line " + line + ": no call before the answer");
    }
    String request = parts.length < 3 ? "" : parts[2];
    return new Step(line, parts[0], parts[1], request, expected, repeated);
  }
}
