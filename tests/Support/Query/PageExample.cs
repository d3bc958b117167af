using System.Globalization;

namespace Cairn.Support.Query;

/// <summary>The worked examples of a page under docs/semantics: events, questions, answers, as fenced text.</summary>
/// <remarks>
/// <code>
/// ### Title            an example begins; what follows belongs to it
/// ```events            time, person (- for nobody; ann#17 in session 17), name, groups of the event if it has any: @{"company": "acme"}, properties
/// ```people            person, profile
/// ```groups            key, id, profile
/// ```ask               a question in our own JSON
/// ```answer            its table: buckets across, series down
/// </code>
/// </remarks>
public sealed record PageExample(string Title, IReadOnlyList<MemoryEvent> Events, MemoryPeople People, string Question, string Answer)
{
    public override string ToString() => Title;

    public static IReadOnlyList<PageExample> Of(string page)
    {
        var examples = new List<PageExample>();
        string title = "", question = "";
        List<MemoryEvent> events = [];
        var people = new MemoryPeople();
        foreach (var (heading, kind, text) in Blocks(page))
        {
            if (heading != title)
            {
                (title, events, people) = (heading, [], new MemoryPeople());
            }
            switch (kind)
            {
                case "events": events = [.. Lines(text).Select(Event)]; break;
                case "people": foreach (var line in Lines(text)) people.With(line[..line.IndexOf(' ', StringComparison.Ordinal)], line[line.IndexOf(' ', StringComparison.Ordinal)..]); break;
                case "groups":
                    foreach (var line in Lines(text))
                    {
                        var words = line.Split(' ', 3);
                        people.WithGroup(words[0], words[1], words[2]);
                    }
                    break;
                case "ask": question = text; break;
                case "answer": examples.Add(new(title, events, people, question, Normal(text))); break;
            }
        }
        return examples;
    }

    /// <summary>A table without its padding.</summary>
    public static string Normal(string table) =>
        string.Join('\n', Lines(table).Select(line => string.Join(" | ", line.Split('|').Select(cell => cell.Trim()))));

    static MemoryEvent Event(string line)
    {
        var at = line.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            var end = line.IndexOf('}', at) + 1;
            return Event(line[..at] + line[end..]) with { Groups = line[(at + 1)..end] };
        }
        var brace = line.IndexOf('{', StringComparison.Ordinal);
        var words = (brace < 0 ? line : line[..brace]).Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        var time = DateTimeOffset.Parse(words[0], CultureInfo.InvariantCulture);
        var (person, session) = words[1].Split('#') is [var id, var number] ? (id, number) : (words[1], null);
        return new(words[2].Trim(), time, person == "-" ? null : person, brace < 0 ? "{}" : line[brace..]) { SessionId = session };
    }

    static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    static IEnumerable<(string Heading, string Kind, string Text)> Blocks(string page)
    {
        string heading = "", text = "";
        string? kind = null;
        foreach (var line in File.ReadLines(RepositoryFolder.Of(page.Split('/'))))
        {
            if (kind is not null && line == "```") { yield return (heading, kind, text); kind = null; }
            else if (kind is not null) text += line + "\n";
            else if (line.StartsWith("```", StringComparison.Ordinal)) (kind, text) = (line[3..], "");
            else if (line.StartsWith('#')) heading = line.TrimStart('#', ' ');
        }
    }
}
