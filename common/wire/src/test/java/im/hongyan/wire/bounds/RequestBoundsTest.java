package im.hongyan.wire.bounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Message;
import im.hongyan.proto.Declarations;
import im.hongyan.proto.msg.ConversationSeqs;
import im.hongyan.proto.msg.GetSeqMessageReq;
import im.hongyan.proto.msg.MarkMsgsAsReadReq;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sdkws.SeqRange;
import im.hongyan.proto.third.AccessURLReq;
import im.hongyan.proto.user.getDesignateUsersReq;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.GoJsonReader;
import im.hongyan.wire.json.GoJsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Proves that lists and maps of requests are bounded as their fields say, and all together, in JSON
 * and in protobuf, before what lies beyond the bound is read; and that malformed bytes are 1001.
 */
class RequestBoundsTest {
  /** Code and detail of the refusal by both encodings, which agree; empty where it is read. */
  private static String outcome(Message request) throws GoJsonException {
    String json =
        outcome(() -> {
          Message read = GoJsonReader.readRequest(GoJsonWriter.toBytes(request), request);
          assertThat(read).isEqualTo(request);
        });
    String protobuf =
        outcome(() -> {
          assertThat(RequestProtobuf.read(request.toByteString(), request)).isEqualTo(request);
        });
    assertThat(json).isEqualTo(protobuf);
    return json;
  }

  private interface Body {
    void run() throws GoJsonException;
  }

  private static String outcome(Body body) throws GoJsonException {
    try {
      body.run();
      return "";
    } catch (ImException refused) {
      return refused.code() + " " + refused.detail();
    }
  }

  private static List<String> ids(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  @Test
  void listsAreBoundedAsTheirFieldsSay() throws GoJsonException {
    var texts = getDesignateUsersReq.newBuilder().addAllUserIDs(ids(1_000));
    assertThat(outcome(texts.build())).isEmpty();
    assertThat(outcome(texts.addUserIDs("x").build()))
        .isEqualTo("1001 userIDs has more than 1000 elements");
    var messages = PullMessageBySeqsReq.newBuilder();
    for (int i = 0; i < 1_000; i++) {
      messages.addSeqRanges(SeqRange.newBuilder().setBegin(i));
    }
    assertThat(outcome(messages.build())).isEmpty();
    assertThat(outcome(messages.addSeqRanges(SeqRange.getDefaultInstance()).build()))
        .isEqualTo("1001 more than 1000 at once");
    var packed = MarkMsgsAsReadReq.newBuilder().addAllSeqs(longs(10_000));
    assertThat(outcome(packed.build())).isEmpty();
    assertThat(outcome(packed.addSeqs(1L << 60).build()))
        .isEqualTo("1001 more than 10000 seqs at once");
  }

  private static List<Long> longs(int count) {
    return LongStream.range(0, count).map(i -> i << (i % 50)).boxed().toList();
  }

  @Test
  void mapsAreBoundedAndSoAreListsOfMessagesWithin() throws GoJsonException {
    var map = AccessURLReq.newBuilder();
    ids(1_000).forEach(id -> map.putQuery(id, "v"));
    assertThat(outcome(map.build())).isEmpty();
    assertThat(outcome(map.putQuery("more", "v").build()))
        .isEqualTo("1001 query has more than 1000 elements");
    var within =
        GetSeqMessageReq.newBuilder()
            .addConversations(ConversationSeqs.newBuilder().addAllSeqs(longs(501)));
    assertThat(outcome(within.build())).isEqualTo("1001 more than 500 at once");
    var message = MsgData.newBuilder().addAllAtUserIDList(ids(1_001));
    assertThat(outcome(message.build())).isEqualTo("1001 more than 1000 mentions");
  }

  @Test
  void allElementsTogetherAreBounded() throws GoJsonException {
    var request = GetSeqMessageReq.newBuilder();
    for (int i = 0; i < 39; i++) {
      request.addConversations(ConversationSeqs.newBuilder().addAllSeqs(longs(500)));
    }
    request.addConversations(ConversationSeqs.newBuilder().addAllSeqs(longs(460)));
    assertThat(outcome(request.build())).as("40 conversations, 19,960 seqs").isEmpty();
    assertThat(outcome(request.addConversations(ConversationSeqs.getDefaultInstance()).build()))
        .isEqualTo("1001 request has more than 20000 elements");
  }

  /** What comes behind the bound is not read, whatever it is. */
  @Test
  void readingStopsAtTheBound() throws GoJsonException {
    byte[] json =
        ("{\"userIDs\":[" + "\"a\",".repeat(1_001) + "?!").getBytes(StandardCharsets.UTF_8);
    getDesignateUsersReq any = getDesignateUsersReq.getDefaultInstance();
    assertThat(outcome(() -> GoJsonReader.readRequest(json, any))).startsWith("1001 userIDs has");
    String twice = "\"userIDs\":[" + "\"a\",".repeat(999) + "\"a\"],";
    byte[] again = ("{" + twice.repeat(30)).getBytes(StandardCharsets.UTF_8);
    assertThat(outcome(() -> GoJsonReader.readRequest(again, any)))
        .isEqualTo("1001 request has more than 20000 elements");
    ByteString cut =
        getDesignateUsersReq
            .newBuilder()
            .addAllUserIDs(ids(1_001))
            .build()
            .toByteString()
            .concat(ByteString.fromHex("0a7f"));
    assertThat(outcome(() -> RequestProtobuf.read(cut, any))).startsWith("1001 userIDs has");
  }

  @Test
  void answersThatClientsReadAreNotBounded() throws GoJsonException {
    Message large = getDesignateUsersReq.newBuilder().addAllUserIDs(ids(30_000)).build();
    assertThat(GoJsonReader.read(GoJsonWriter.toBytes(large), large)).isEqualTo(large);
  }

  @Test
  void noBoundIsSmallerThanWhatIsNotCounted() {
    for (MethodDescriptor method : Declarations.methods()) {
      for (FieldDescriptor field : method.getInputType().getFields()) {
        assertThat(ListBound.of(field).maxItems())
            .as(field.getFullName())
            .isGreaterThanOrEqualTo(RequestProtobuf.NEVER_TOO_MANY_BYTES);
      }
    }
  }

  @Test
  void malformedBytesAreArguments() {
    for (String hex :
        new String[] {
          "0a",
          "0a05",
          "0a02ff",
          "0affffffff0f",
          "0b",
          "0c",
          "00",
          "07",
          "0a02c328",
          "12ff",
          "1a8080808008",
          "a201020a05",
          "ffffffffffffffffffff"
        }) {
      assertMalformed(ByteString.fromHex(hex));
      assertMalformed(ByteString.fromHex("9203ff03" + "41".repeat(511) + hex));
    }
    ByteString unknown = ByteString.fromHex("fa3e0161" + "f83e01" + "fb3efc3e");
    MsgData read = RequestProtobuf.read(unknown, MsgData.getDefaultInstance());
    assertThat(read.getUnknownFields().asMap()).hasSize(1);
  }

  private static void assertMalformed(ByteString bytes) {
    assertThatThrownBy(() -> RequestProtobuf.read(bytes, MsgData.getDefaultInstance()))
        .as(bytes.toString())
        .isInstanceOfSatisfying(
            ImException.class,
            refused -> {
              assertThat(refused.code()).isEqualTo(1001);
              assertThat(refused.detail()).isEqualTo("not a MsgData");
              assertThat(refused.getStackTrace()).isEmpty();
            });
  }
}
