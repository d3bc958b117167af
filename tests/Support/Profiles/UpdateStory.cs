using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Model.Profiles;

namespace Cairn.Support.Profiles;

/// <summary>
/// What becomes of one profile, a line at a time. A line is an update's body, received a second after the one before; a line
/// that begins with "=" is what the profile holds then, "= nobody" where there is none.
/// </summary>
public sealed class UpdateStory
{
    readonly List<(string Body, string? Expected, string Line)> lines = [];

    public static UpdateStory Read(string text)
    {
        var story = new UpdateStory();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var told = line.Split(" -- ")[0].Trim();
            story.lines.Add(told.StartsWith('=') ? ("", told[1..].Trim(), line) : (told, null, line));
        }
        return story;
    }

    /// <summary>Folds the lines one by one and compares at each "=".</summary>
    public void Assert()
    {
        var history = ProfileHistory.Empty;
        var second = 0;
        foreach (var (body, expected, line) in lines)
        {
            if (expected is null)
                history = history.With([new(new(++second * 1000L, new(1, 1, second)), Encoding.UTF8.GetBytes(body))]);
            else
                Xunit.Assert.Equal($"{line}: {Canonical(expected)}", $"{line}: {Text(history.Current)}");
        }
    }

    /// <summary>A profile as JSON, names in ordinal order.</summary>
    public static string Text(Profile? profile) => profile is null
        ? "nobody"
        : "{" + string.Join(",", profile.Properties.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{JsonSerializer.Serialize(pair.Key)}:{JsonNode.Parse(pair.Value.Json.Span)!.ToJsonString()}")) + "}";

    static string Canonical(string expected)
    {
        if (expected == "nobody") return expected;
        using var document = JsonDocument.Parse(expected);
        return Text(new(document.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => PropertyValue.From(member.Value)!), 0));
    }
}
