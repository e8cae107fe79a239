package im.hongyan.drivers.mysql;

import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.lang.reflect.Type;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.argument.ArgumentFactory;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.mapper.ColumnMapper;

/** Ids as the VARBINARY columns hold them: statements take and give their types. Stateless. */
final class Ids {
  private Ids() {}

  static void register(Jdbi jdbi) {
    jdbi.registerArgument(new IdArguments());
    jdbi.registerColumnMapper(UserId.class, mapper(UserId::new));
    jdbi.registerColumnMapper(GroupId.class, mapper(GroupId::new));
    jdbi.registerColumnMapper(ConversationId.class, mapper(ConversationId::new));
  }

  private static <T> ColumnMapper<T> mapper(Function<String, T> id) {
    return (row, column, context) -> id.apply(MySql.id(row.getBytes(column)));
  }

  private static final class IdArguments implements ArgumentFactory {
    @Override
    public Optional<Argument> build(Type type, Object value, ConfigRegistry config) {
      return switch (value) {
        case UserId user -> bytes(user.value());
        case GroupId group -> bytes(group.value());
        case ConversationId conversation -> bytes(conversation.value());
        case null, default -> Optional.empty();
      };
    }

    private static Optional<Argument> bytes(String id) {
      byte[] bytes = MySql.id(id);
      return Optional.of((position, statement, context) -> statement.setBytes(position, bytes));
    }
  }
}
