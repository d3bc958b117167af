using Cairn.Query.Filters;

namespace Cairn.Query.Definitions;

/// <summary>Which events one line of a report counts.</summary>
/// <param name="Label">What the line is called.</param>
/// <param name="Names">Event names, any of which counts; null: every event.</param>
/// <param name="Filter">What must be true of the event as well; null: nothing.</param>
/// <param name="Breakdowns">Breakdowns of this line alone, before the report's own.</param>
public sealed record EventSelection(
    string Label,
    IReadOnlyList<string>? Names,
    Expression? Filter = null,
    IReadOnlyList<Breakdown>? Breakdowns = null)
{
    /// <summary>Whether events of this name are selected, the filter aside.</summary>
    public bool Covers(string name) => Names is null || Names.Contains(name);

    /// <summary>One event by its name.</summary>
    public static EventSelection Named(string name, Expression? filter = null) => new(name, [name], filter);

    /// <summary>Every event.</summary>
    public static EventSelection Every(string label, Expression? filter = null) => new(label, null, filter);
}
