using Cairn.Query.Scanning;

namespace Cairn.Query.Journeys;

/// <summary>A share of a project's people with all their rows, laid out person by person and ascending by time.</summary>
/// <remarks>
/// Rows of one person at one moment stand in the order of event name, insert id, item id. <see cref="Columns"/> presents the same rows to
/// <see cref="EventScan"/>, <see cref="RowFilter"/> and <see cref="ValueMemo{T}"/>: row numbers are those of <see cref="Times"/>.
/// Persons of whom <see cref="IsOut"/> is true stand in another shard of the same report, where more is known of them; <see cref="StepScan"/> and
/// <see cref="EventScan"/> leave their rows out, who walks over persons alone must do so as well.
/// </remarks>
sealed class JourneyShard(ShardRows rows, PartColumns columns, PersonSet outside)
{
    /// <summary>0 for the rows of nobody.</summary>
    public int PersonCount => rows.Persons.Length;

    public int RowCount => rows.RowCount;

    /// <summary>Codes of the persons; their ids are in <see cref="OpenedJourneys.Persons"/>.</summary>
    public ReadOnlySpan<int> Persons => rows.Persons;

    /// <summary>Where each person's rows begin, and where the last one's end: one longer than <see cref="Persons"/>.</summary>
    public ReadOnlySpan<int> Starts => rows.Starts;

    /// <summary>Unix milliseconds, ascending within a person.</summary>
    public ReadOnlySpan<long> Times => rows.Times;

    /// <summary>The times in fewer bytes.</summary>
    public TimeSlots Slots => rows.Slots;

    /// <summary>The same rows for whoever judges expressions, with the properties the report was opened with.</summary>
    public PartColumns Columns => columns;

    /// <summary>Whether all of a person's rows are to be passed over here.</summary>
    /// <param name="place">The person's place in <see cref="Persons"/>.</param>
    public bool IsOut(int place) => outside[place];

    /// <summary>The persons who are not out, as ranges of places: from the first up to, not including, the second.</summary>
    public IEnumerable<(int From, int Until)> PersonRuns()
    {
        var from = 0;
        foreach (var place in outside.Places)
        {
            if (place > from) yield return (from, place);
            from = place + 1;
        }
        if (from < PersonCount) yield return (from, PersonCount);
    }
}
