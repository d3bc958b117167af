namespace Cairn.Query.Filters;

/// <summary>The functions of the expression language.</summary>
/// <remarks>Meaning of each: docs/semantics/expressions.md, "Functions".</remarks>
public enum Function
{
    Defined, String, Number, Boolean, DateTime, Floor, Ceil, Round, List, Len, If, Min, Max, Upper, Lower, HasPrefix, HasSuffix,

    /// <summary>Case-sensitive prefix (Amplitude's "starts with").</summary>
    StartsWith,

    /// <summary>Whole-text match with <c>*</c> for any characters (Amplitude's "glob match").</summary>
    Glob,

    /// <summary>Whether two lists hold the same elements, order and repetition aside (Amplitude's "set is").</summary>
    SameSet,
}

static class Functions
{
    /// <summary>By lower-case name: the function, and how many arguments it takes.</summary>
    static readonly Dictionary<string, (Function Function, int Least, int Most)> ByName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["defined"] = (Function.Defined, 1, 1),
        ["string"] = (Function.String, 1, 2),
        ["number"] = (Function.Number, 1, 2),
        ["boolean"] = (Function.Boolean, 1, 2),
        ["datetime"] = (Function.DateTime, 1, 1),
        ["floor"] = (Function.Floor, 1, 1),
        ["ceil"] = (Function.Ceil, 1, 1),
        ["round"] = (Function.Round, 1, 1),
        ["list"] = (Function.List, 1, 1),
        ["len"] = (Function.Len, 1, 1),
        ["if"] = (Function.If, 3, 3),
        ["min"] = (Function.Min, 2, 2),
        ["max"] = (Function.Max, 2, 2),
        ["upper"] = (Function.Upper, 1, 1),
        ["lower"] = (Function.Lower, 1, 1),
        ["has_prefix"] = (Function.HasPrefix, 2, 2),
        ["has_suffix"] = (Function.HasSuffix, 2, 2),
        ["starts_with"] = (Function.StartsWith, 2, 2),
        ["glob"] = (Function.Glob, 2, 2),
        ["same_set"] = (Function.SameSet, 2, 2),
    };

    public static IEnumerable<string> Names => ByName.Keys.Append("any").Append("all").Order(StringComparer.Ordinal);

    public static bool TryFind(string name, out (Function Function, int Least, int Most) found) => ByName.TryGetValue(name, out found);
}
