import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import software.amazon.event.ruler.JsonRuleCompiler;
import software.amazon.event.ruler.Machine;

/**
 * Reads lines of {"pattern": …, "events": […]}. Prints a line for each: "no" and the reason if AWS's
 * matcher refuses the pattern, or "ok" and 1 or 0 for each event.
 */
public class EventRuler {
  public static void main(String[] arguments) throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    mapper.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String line; (line = lines.readLine()) != null; ) out.println(answer(mapper.readTree(line)));
    out.flush();
  }

  private static String answer(JsonNode question) {
    String pattern = question.get("pattern").toString();
    try {
      // Machine.addRule also takes what the compiler refuses, with $or as the name of a member.
      String problem = JsonRuleCompiler.check(pattern);
      if (problem != null) return "no " + problem.replace('\n', ' ');
      Machine machine = new Machine();
      machine.addRule("rule", pattern);
      StringBuilder verdicts = new StringBuilder();
      for (JsonNode event : question.get("events"))
        verdicts.append(machine.rulesForJSONEvent(event.toString()).isEmpty() ? '0' : '1');
      return "ok " + verdicts;
    } catch (Throwable failure) {
      return "no " + String.valueOf(failure.getMessage()).replace('\n', ' ');
    }
  }
}
