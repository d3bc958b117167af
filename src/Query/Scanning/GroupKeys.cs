using Cairn.Query.Filters;
using Cairn.Query.Turns;

namespace Cairn.Query.Scanning;

/// <summary>The values a breakdown has met, each with a number.</summary>
/// <remarks>One worker's own. A list stands for each of its elements: it gets a negative number of its own, behind which its elements' numbers are.</remarks>
/// <param name="missingKey">What the series of a missing value is called: a text that says the same belongs to it. Null: no text does.</param>
sealed class GroupKeys(string? missingKey, ReportMemory? memory = null)
{
    /// <summary>Bytes of a value beside its characters: the string, its place in the table and in the list, its series.</summary>
    const int BytesOfEntry = 140;

    readonly Dictionary<string, int> byText = new(StringComparer.Ordinal);
    readonly List<int[]> lists = [];
    int missing = -1;

    /// <summary>The values as text, by number; null for what is missing.</summary>
    public List<string?> Texts { get; } = [];

    /// <summary>The number of a value; of a list with several elements a negative one, see <see cref="ElementsOf"/>.</summary>
    public int NumberOf(Value value)
    {
        if (value.IsMissing || value.Kind == ValueKind.List && value.Items.Count == 0) return Missing();
        if (value.Kind != ValueKind.List) return NumberOf(ValueText.Of(value));
        var elements = value.Items.Select(item => item.IsMissing ? Missing() : NumberOf(ValueText.Of(item))).Distinct().ToArray();
        if (elements.Length == 1) return elements[0];
        lists.Add(elements);
        return -lists.Count;
    }

    /// <summary>The numbers behind a negative number.</summary>
    public ReadOnlySpan<int> ElementsOf(int number) => lists[-number - 1];

    int Missing()
    {
        if (missing >= 0) return missing;
        Texts.Add(null);
        return missing = Texts.Count - 1;
    }

    int NumberOf(string text)
    {
        if (text == missingKey) return Missing();
        if (byText.TryGetValue(text, out var number)) return number;
        memory?.Take(BytesOfEntry + text.Length * sizeof(char), "breakdowns", "break down by properties with fewer values, or filter");
        byText.Add(text, Texts.Count);
        Texts.Add(text);
        return Texts.Count - 1;
    }
}
