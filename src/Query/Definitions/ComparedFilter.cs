using Cairn.Query.Filters;

namespace Cairn.Query.Definitions;

/// <summary>One of several conditions that a report is asked under, side by side.</summary>
/// <param name="Label">What its series are called.</param>
/// <param name="Filter">Tested on each event counted; null: all.</param>
public sealed record ComparedFilter(string Label, Expression? Filter);
