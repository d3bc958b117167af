namespace Cairn.Query.Journeys;

/// <summary>Where the rows of one share of the people are: person by person, each person's by time. Never changes.</summary>
/// <param name="persons">Codes of the project's persons, in the order of the layout: by hash of the id. Empty for the rows of nobody.</param>
/// <param name="starts">Where each person's rows begin, and where the last one's end.</param>
/// <param name="times">Unix milliseconds, ascending within a person.</param>
/// <param name="sources">Each row's number in the layout's <see cref="RowSpace"/>.</param>
sealed class ShardRows(int[] persons, int[] starts, long[] times, int[] sources)
{
    TimeSlots? slots;

    public int RowCount => times.Length;
    public int[] Persons => persons;
    public int[] Starts => starts;
    public long[] Times => times;
    public int[] Sources => sources;

    /// <summary>Made when first asked for; two who ask at once make the same.</summary>
    public TimeSlots Slots => slots ??= TimeSlots.Of(times);

    /// <summary>With the slots, made or not.</summary>
    public long MemoryBytes => 4L * persons.Length + 4L * starts.Length + (sizeof(long) + sizeof(int) + sizeof(ushort)) * (long)times.Length;
}
