using System.Text.Json;
using Cairn.Query.Definitions;

namespace Cairn.Api.V1.Query;

/// <summary>Which of the people behind a number are wanted: lists are read page by page, by the order of ids.</summary>
/// <param name="After">The id that the last page ended with; null: the first page.</param>
/// <param name="Limit">Ids of a page.</param>
readonly record struct PeoplePage(string? After, int Limit)
{
    const int DefaultLimit = 1_000, MaxLimit = 100_000;

    /// <summary><c>after</c> and <c>limit</c> of an object that may hold more.</summary>
    public static PeoplePage Read(DefinitionFields fields) => new(fields.Text("after", "the last id of the page before"), fields.Whole("limit", DefaultLimit, 1, MaxLimit));

    /// <summary>Writes the answer: how many people there are, a page of their ids, and what to ask for the next one with.</summary>
    /// <param name="people">All of them, by the order of their ids.</param>
    public void Write(Utf8JsonWriter json, IReadOnlyList<string> people, Coverage coverage)
    {
        var first = 0;
        if (After is not null)
            for (int low = 0, high = people.Count; low < high; first = low)
            {
                var middle = (low + high) / 2;
                if (string.CompareOrdinal(people[middle], After) <= 0) low = middle + 1;
                else high = middle;
            }
        var end = Math.Min(people.Count, first + Limit);
        json.WriteStartObject();
        json.WriteNumber("count", people.Count);
        json.WriteStartArray("people");
        for (var i = first; i < end; i++) json.WriteStringValue(people[i]);
        json.WriteEndArray();
        if (end < people.Count) json.WriteString("next", people[end - 1]);
        else json.WriteNull("next");
        CoverageJson.Write(json, coverage);
        json.WriteEndObject();
    }
}
