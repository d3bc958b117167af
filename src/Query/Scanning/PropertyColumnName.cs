using Cairn.Storage.Rows;


namespace Cairn.Query.Scanning;

/// <summary>Which property a column holds values of, by the column's name.</summary>
static class PropertyColumnName
{
    static readonly string[] Prefixes = [RowLayout.Text, RowLayout.Number, RowLayout.Boolean, RowLayout.Json];

    /// <summary>The property's own name; false for a column that holds none of events' properties.</summary>
    public static bool TryParse(string column, out string property)
    {
        foreach (var prefix in Prefixes)
        {
            if (!column.StartsWith(prefix, StringComparison.Ordinal)) continue;
            property = column[prefix.Length..];
            return true;
        }
        property = "";
        return false;
    }
}
