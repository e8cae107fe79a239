package im.hongyan.wire.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import im.hongyan.proto.auth.getAdminTokenReq;
import im.hongyan.proto.auth.kickTokensResp;
import im.hongyan.proto.conversation.ConversationReq;
import im.hongyan.proto.group.GetGroupsInfoReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.user.getAllOnlineUsersReq;
import im.hongyan.proto.wrapperspb.BytesValue;
import im.hongyan.proto.wrapperspb.DoubleValue;
import im.hongyan.testkit.Seeded;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Proves the single rules of Go's JSON that the vectors do not name, and the REST envelope. */
class GoJsonTest {
  @Test
  void emptyMessagesAreTheGoldenBodies() {
    assertThat(GoJsonWriter.toText(GetMaxSeqResp.getDefaultInstance())).isEqualTo("{}");
    assertThat(GoJsonWriter.toText(PullMsgs.getDefaultInstance()))
        .isEqualTo("{\"Msgs\":null,\"isEnd\":false,\"endSeq\":0}");
    assertThat(GoJsonWriter.toText(MsgData.getDefaultInstance()))
        .contains("\"content\":null")
        .contains("\"offlinePushInfo\":null")
        .contains("\"atUserIDList\":null")
        .doesNotContain("\"options\"");
  }

  @Test
  void escapesAreThoseOfGo() {
    assertThat(GoJson.quote("\"\\\n\r\t\b\f\u0001\u001f</>&\u2028\u2029 é用\uD83C\uDF89\u007f"))
        .isEqualTo(
            "\"\\\"\\\\\\n\\r\\t\\b\\f\\u0001\\u001f\\u003c/\\u003e\\u0026\\u2028\\u2029 é用\uD83C\uDF89\u007f\"");
    assertThat(GoJson.quote("a\uD800b\uDC00")).isEqualTo("\"a\uFFFDb\uFFFD\"");
    String controls = "\u0000".repeat(5_000);
    assertThat(GoJson.quote(controls)).hasSize(2 + 6 * 5_000);
  }

  @Test
  void numbersOfAllSizesAreWritten() {
    long[] numbers = {0, 9, 10, -1, 99, 100, 1L << 53, Long.MAX_VALUE, Long.MIN_VALUE};
    for (long number : numbers) {
      assertThat(new String(new JsonBuffer(0).number(number).toByteArray(), StandardCharsets.UTF_8))
          .isEqualTo(Long.toString(number));
    }
    assertThat(new String(new JsonBuffer(0).unsigned(-1).toByteArray(), StandardCharsets.UTF_8))
        .isEqualTo("18446744073709551615");
  }

  @Test
  void unsignedNumbersUseAll64Bits() throws GoJsonException {
    getAllOnlineUsersReq all = getAllOnlineUsersReq.newBuilder().setCursor(-1).build();
    assertThat(GoJsonWriter.toText(all)).isEqualTo("{\"cursor\":18446744073709551615}");
    assertThat(read("{\"cursor\":18446744073709551615}", all)).isEqualTo(all);
    refused("{\"cursor\":18446744073709551616}", all);
    refused("{\"cursor\":-1}", all);
    refused("{\"cursor\":\u0663}", all);
  }

  @Test
  void mapKeysAreSortedByTheirBytes() {
    GetMaxSeqResp message =
        GetMaxSeqResp.newBuilder()
            .putMaxSeqs("\uD83C\uDF89", 3)
            .putMaxSeqs("\uFF5E", 2)
            .putMaxSeqs("B", 0)
            .putMaxSeqs("a", 1)
            .build();
    assertThat(GoJsonWriter.toText(message))
        .isEqualTo("{\"maxSeqs\":{\"B\":0,\"a\":1,\"\uFF5E\":2,\"\uD83C\uDF89\":3}}");
  }

  @Test
  void realNumbersHaveNoExponent() {
    assertThat(GoJsonWriter.toText(DoubleValue.newBuilder().setValue(1e21).build()))
        .isEqualTo("{\"value\":1000000000000000000000}");
    assertThat(GoJsonWriter.toText(DoubleValue.newBuilder().setValue(1.5e-7).build()))
        .isEqualTo("{\"value\":0.00000015}");
  }

  @Test
  void keysFoldAsGoFoldsThem() throws GoJsonException {
    MsgData wanted = MsgData.newBuilder().setSendID("a").setRecvID("b").build();
    assertThat(read("{\"\u017FENDid\":\"a\",\"RECVID\":\"b\"}", MsgData.getDefaultInstance()))
        .isEqualTo(wanted);
    assertThat(GoJson.fold("to\u212Aen")).isEqualTo("token");
    assertThat(GoJson.fold("\u0130d")).isEqualTo("\u0130d");
  }

  @Test
  void duplicatesFollowGo() throws GoJsonException {
    MsgData none = MsgData.getDefaultInstance();
    assertThat(read("{\"sendID\":\"a\",\"sendID\":null}", none).getSendID()).isEqualTo("a");
    assertThat(
            read("{\"atUserIDList\":[\"a\",\"b\"],\"atUserIDList\":[\"c\"]}", none)
                .getAtUserIDListList())
        .containsExactly("c");
    assertThat(read("{\"atUserIDList\":[\"a\"],\"atUserIDList\":null}", none).getAtUserIDListList())
        .isEmpty();
    assertThat(read("{\"options\":{\"a\":true},\"options\":{\"b\":false}}", none).getOptionsMap())
        .containsOnlyKeys("a", "b");
    MsgData merged =
        read("{\"offlinePushInfo\":{\"title\":\"t\"},\"offlinePushInfo\":{\"desc\":\"d\"}}", none);
    assertThat(merged.getOfflinePushInfo().getTitle()).isEqualTo("t");
    assertThat(merged.getOfflinePushInfo().getDesc()).isEqualTo("d");
  }

  @Test
  void base64MayHoldLineEndsButMustBePadded() throws GoJsonException {
    MsgData none = MsgData.getDefaultInstance();
    assertThat(read("{\"content\":\"aGVs\\nbG8=\"}", none).getContent().toStringUtf8())
        .isEqualTo("hello");
    refused("{\"content\":\"aGVsbG8\"}", none);
  }

  @Test
  void listsOfNullHoldZeroValues() throws GoJsonException {
    assertThat(
            read("{\"groupIDs\":[null]}", GetGroupsInfoReq.getDefaultInstance()).getGroupIDsList())
        .containsExactly("");
    assertThat(read("{\"Msgs\":[null]}", PullMsgs.getDefaultInstance()).getMsgsList())
        .containsExactly(MsgData.getDefaultInstance());
  }

  @Test
  void depthIsBounded() {
    refused("{\"x\":".repeat(200) + "1" + "}".repeat(200), MsgData.getDefaultInstance());
  }

  @Test
  void wrapperOfBytesIsAText() {
    assertThat(GoJsonWriter.toText(BytesValue.getDefaultInstance())).isEqualTo("{\"value\":null}");
    assertThat(GoJsonWriter.toText(ConversationReq.getDefaultInstance())).contains("\"ex\":null");
  }

  @Test
  void envelopesAreThoseOfTheSpecification() throws GoJsonException {
    assertThat(text(ApiEnvelope.failure(ImError.TOKEN_EXPIRED.bare())))
        .isEqualTo("{\"errCode\":1501,\"errMsg\":\"TokenExpiredError\",\"errDlt\":\"\"}");
    assertThat(text(ApiEnvelope.success()))
        .isEqualTo("{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\"}");
    assertThat(ApiEnvelope.success(kickTokensResp.getDefaultInstance()))
        .isEqualTo(ApiEnvelope.success());
    GetMaxSeqResp data = GetMaxSeqResp.newBuilder().putMaxSeqs("si_a_b", 7).build();
    assertThat(text(ApiEnvelope.success(data)))
        .isEqualTo(
            "{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\",\"data\":{\"maxSeqs\":{\"si_a_b\":7}}}");
    assertThat(ApiEnvelope.read(ApiEnvelope.success(data), data)).isEqualTo(data);
    assertThat(ApiEnvelope.read(ApiEnvelope.success(), data))
        .isEqualTo(GetMaxSeqResp.getDefaultInstance());
    assertThatThrownBy(
            () -> ApiEnvelope.read(ApiEnvelope.failure(ImError.ARGS.with("x is empty")), data))
        .isInstanceOfSatisfying(
            ImException.class,
            e -> {
              assertThat(e.code()).isEqualTo(1001);
              assertThat(e.detail()).isEqualTo("x is empty");
            });
    for (String bad : new String[] {"", "<html>", "{}", "[]", "{\"errCode\":\"0\"}"}) {
      assertThatThrownBy(() -> ApiEnvelope.read(bad.getBytes(StandardCharsets.UTF_8), data))
          .isInstanceOf(GoJsonException.class);
    }
  }

  @Test
  void randomMessagesOfAllTypesComeBack(@Seeded long seed) throws GoJsonException {
    Random random = new Random(seed);
    assertThat(Types.all()).hasSize(558);
    for (Descriptor type : Types.all()) {
      for (int i = 0; i < 5; i++) {
        Message message = random(type, random, 0);
        byte[] json = GoJsonWriter.toBytes(message);
        assertThat(GoJsonReader.read(json, message.getDefaultInstanceForType()))
            .as("seed %d, %s", seed, type.getFullName())
            .isEqualTo(message);
      }
    }
  }

  /** A message with random fields; oneofs stay empty, since Go's JSON cannot be read into them. */
  static Message random(Descriptor type, Random random, int depth) {
    Message.Builder builder = Types.prototype(type).newBuilderForType();
    for (FieldDescriptor field : type.getFields()) {
      boolean skip = field.getRealContainingOneof() != null || random.nextInt(3) == 0;
      if (skip || (depth > 3 && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE)) {
        continue;
      }
      if (field.isMapField()) {
        Message.Builder entry = builder.newBuilderForField(field);
        FieldDescriptor value = field.getMessageType().findFieldByName("value");
        entry.setField(field.getMessageType().findFieldByName("key"), "k" + random.nextInt());
        entry.setField(value, value(value, random, depth));
        builder.addRepeatedField(field, entry.build());
      } else if (field.isRepeated()) {
        for (int n = random.nextInt(3); n > 0; n--) {
          builder.addRepeatedField(field, value(field, random, depth));
        }
      } else {
        builder.setField(field, value(field, random, depth));
      }
    }
    return builder.build();
  }

  private static Object value(FieldDescriptor field, Random random, int depth) {
    return switch (field.getJavaType()) {
      case INT -> random.nextInt();
      case LONG -> random.nextLong();
      case FLOAT -> random.nextFloat();
      case DOUBLE -> random.nextDouble();
      case BOOLEAN -> random.nextBoolean();
      case STRING -> "<&>\u2028用\uD83C\uDF89\"" + random.nextInt(1000);
      case BYTE_STRING -> ByteString.copyFromUtf8("b" + random.nextInt(1000));
      case ENUM -> field.getEnumType().findValueByNumber(random.nextInt(2));
      case MESSAGE -> random(field.getMessageType(), random, depth + 1);
    };
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }

  private static <M extends Message> M read(String json, M prototype) throws GoJsonException {
    return GoJsonReader.read(json.getBytes(StandardCharsets.UTF_8), prototype);
  }

  private static void refused(String json, Message prototype) {
    assertThatThrownBy(() -> read(json, prototype)).isInstanceOf(GoJsonException.class);
  }

  @Test
  void anUnknownAnswerKeyIsIgnored() throws GoJsonException {
    assertThat(
            read("{\"secret\":\"s\",\"more\":[{}]}", getAdminTokenReq.getDefaultInstance())
                .getSecret())
        .isEqualTo("s");
  }
}
