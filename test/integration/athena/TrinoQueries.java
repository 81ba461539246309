import static io.trino.testing.TestingSession.testSessionBuilder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trino.testing.LocalQueryRunner;
import io.trino.testing.MaterializedResult;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Reads a JSON list of queries. Prints a line for each: a JSON list of rows, with each value as
 * text, or an object with the error. Athena runs on Trino.
 */
public class TrinoQueries {
  public static void main(String[] arguments) throws Exception {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    System.setOut(System.err);
    ObjectMapper mapper = new ObjectMapper();
    JsonNode queries = mapper.readTree(System.in);
    try (LocalQueryRunner runner =
        LocalQueryRunner.create(
            testSessionBuilder().setTimeZoneKey(io.trino.spi.type.TimeZoneKey.UTC_KEY).build())) {
      for (JsonNode query : queries) out.println(answer(runner, query.asText(), mapper));
    }
    out.flush();
    System.exit(0);
  }

  private static String answer(LocalQueryRunner runner, String query, ObjectMapper mapper) throws Exception {
    try {
      MaterializedResult result = runner.execute(query);
      List<List<String>> rows =
          result.getMaterializedRows().stream()
              .map(row -> row.getFields().stream().map(v -> v == null ? null : String.valueOf(v)).toList())
              .toList();
      return mapper.writeValueAsString(rows);
    } catch (RuntimeException failure) {
      return mapper.writeValueAsString(java.util.Map.of("error", String.valueOf(failure.getMessage())));
    }
  }
}
