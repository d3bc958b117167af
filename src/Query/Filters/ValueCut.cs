namespace Cairn.Query.Filters;

/// <summary>Puts values that differ little into one: numbers into ranges, moments into days. What a breakdown by it calls its series is the text that it makes.</summary>
/// <remarks>Meaning and worked examples: docs/semantics/segmentation.md, "Breakdowns by ranges and dates".</remarks>
public abstract record ValueCut
{
    /// <summary>The text of what a value belongs to, undefined where it belongs to nothing; of a list a list, element by element.</summary>
    public Value Of(Value value) => value.Kind == ValueKind.List ? Value.Of([.. value.Items.Select(One)]) : One(value);

    /// <summary>Of a value that is no list.</summary>
    protected abstract Value One(Value value);
}
