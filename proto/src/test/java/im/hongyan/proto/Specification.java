package im.hongyan.proto;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The specification's tables, read from its chapters. It knows nothing of our .proto files: rows in
 * Markdown become lines such as {@code openim.msg.Seqs 1 maxSeq int64}.
 */
final class Specification {
  /** Chapters with one package each, named like it. */
  static final List<String> CHAPTERS =
      List.of(
          "sdkws",
          "msg",
          "msggateway",
          "push",
          "auth",
          "user",
          "relation",
          "group",
          "conversation",
          "third",
          "jssdk",
          "rtc");

  private static final Set<String> SCALARS =
      Set.of("string", "bytes", "bool", "int32", "int64", "uint32", "uint64", "double", "float");
  private static final Pattern PATH = Pattern.compile("(?<!<)(/\\w+)+");
  private static final Pattern ONEOF = Pattern.compile("oneof (\\w+): (\\S+)");
  private static final Pattern MAP = Pattern.compile("map<(\\w+), ([\\w.]+)>");

  /** Field lines by message, empty for messages without fields. */
  final Map<String, List<String>> messages = new TreeMap<>();

  /**
   * Lines such as {@code openim.auth.Auth/parseToken openim.auth.parseTokenReq
   * openim.auth.parseTokenResp}.
   */
  final List<String> methods = new ArrayList<>();

  /** REST paths by RPC such as {@code openim.auth.Auth/parseToken}; none for most inner ones. */
  final Map<String, List<String>> paths = new TreeMap<>();

  /** Lines such as {@code openim.sdkws.PullOrder 0 PullOrderAsc}. */
  final List<String> enums = new ArrayList<>();

  /** Counts of the index: package to messages, fields, methods. */
  final Map<String, List<Integer>> index = new LinkedHashMap<>();

  private String section = "";
  private String service = "";
  private String message = "";
  private String enumeration = "";

  static Specification read() throws IOException {
    Specification specification = new Specification();
    for (String chapter : CHAPTERS) {
      specification.readChapter(chapter);
    }
    specification.readCommon();
    specification.readIndex();
    return specification;
  }

  private void readChapter(String chapter) throws IOException {
    String scope = "openim." + chapter + ".";
    section = "";
    for (String line : SpecFolder.lines("protobuf/" + chapter)) {
      Matcher grpc = Pattern.compile("gRPC service `([\\w.]+)`.*").matcher(line);
      if (grpc.matches()) {
        service = grpc.group(1);
      }
      if (line.startsWith("## ")) {
        section = line.substring(3).strip();
        message = "";
        enumeration = "";
      } else if (line.startsWith("### enum ")) {
        enumeration = scope + line.substring(9).strip();
      } else if (line.startsWith("### Messages without fields")) {
        message = "";
        enumeration = "";
        section = "Empty";
      } else if (line.startsWith("### ") && section.equals("Messages")) {
        message = scope + line.substring(4).strip();
        messages.put(message, new ArrayList<>());
      } else if (line.startsWith("`") && section.equals("Empty")) {
        Matcher name = Pattern.compile("`(\\w+)`").matcher(line);
        while (name.find()) {
          messages.put(scope + name.group(1), List.of());
        }
        section = "Messages";
      } else if (line.startsWith("|")) {
        readRow(SpecFolder.cells(line), chapter);
      }
    }
  }

  private void readRow(List<String> cells, String chapter) {
    if (section.equals("Service") && cells.size() == 5 && !cells.getFirst().startsWith("-")) {
      if (!cells.getFirst().equals("method")) {
        methods.add(
            service
                + "/"
                + cells.getFirst()
                + " "
                + qualified(cells.get(1), chapter)
                + " "
                + qualified(cells.get(2), chapter));
        paths.put(
            service + "/" + cells.getFirst(),
            PATH.matcher(cells.get(3)).results().map(MatchResult::group).toList());
      }
      return;
    }
    if (!cells.getFirst().matches("\\d+")) {
      return;
    }
    if (section.equals("Enum")) {
      enums.add(enumeration + " " + cells.get(0) + " " + cells.get(1));
    } else if (section.equals("Messages") && !message.isEmpty()) {
      messages
          .get(message)
          .add(cells.get(0) + " " + cells.get(1) + " " + type(cells.get(2), chapter));
    }
  }

  private static String type(String text, String chapter) {
    Matcher oneof = ONEOF.matcher(text);
    if (oneof.matches()) {
      return "oneof " + oneof.group(1) + " " + qualified(oneof.group(2), chapter);
    }
    Matcher map = MAP.matcher(text);
    if (map.matches()) {
      return "map " + map.group(1) + " " + qualified(map.group(2), chapter);
    }
    for (String label : List.of("repeated ", "optional ")) {
      if (text.startsWith(label)) {
        return label + qualified(text.substring(label.length()), chapter);
      }
    }
    return qualified(text, chapter);
  }

  private static String qualified(String type, String chapter) {
    if (SCALARS.contains(type)) {
      return type;
    }
    int dot = type.indexOf('.');
    boolean foreign =
        dot > 0 && (type.startsWith("protobuf.") || CHAPTERS.contains(type.substring(0, dot)));
    return "openim." + (foreign ? "" : chapter + ".") + type;
  }

  /** The wrappers and the error detail, which have tables of another shape. */
  private void readCommon() throws IOException {
    List<String> error = new ArrayList<>();
    boolean inError = false;
    for (String line : SpecFolder.lines("protobuf/common")) {
      List<String> cells = line.startsWith("|") ? SpecFolder.cells(line) : List.of("");
      if (line.startsWith("## ")) {
        inError = line.startsWith("## Error detail");
      } else if (cells.getFirst().endsWith("Value") && cells.size() == 4) {
        messages.put("openim.protobuf." + cells.get(0), List.of("1 value " + cells.get(1)));
      } else if (inError && cells.getFirst().matches("\\d+")) {
        error.add(cells.get(0) + " " + cells.get(1) + " " + cells.get(2));
      }
    }
    messages.put("openim.protobuf.ErrorInfo", error);
  }

  private void readIndex() throws IOException {
    for (String line : SpecFolder.lines("protobuf/README")) {
      List<String> cells = line.startsWith("|") ? SpecFolder.cells(line) : List.of();
      if (cells.size() == 6 && cells.get(1).startsWith("openim.")) {
        String name = cells.get(1).split(" ", 2)[0];
        index.put(
            name,
            List.of(
                Integer.valueOf(cells.get(3)),
                Integer.valueOf(cells.get(4)),
                Integer.valueOf(cells.get(5))));
      }
    }
  }
}
