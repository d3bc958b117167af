namespace Cairn.Storage.Rows;

/// <summary>A column's texts as strings, one object for each distinct text.</summary>
/// <param name="column">Null for a column the file doesn't have: every text is empty.</param>
public sealed class RowTexts(TextColumn? column)
{
    readonly string?[] known = new string?[column?.Dictionary.Count ?? 0];

    /// <summary>A row's text; empty where it has none.</summary>
    public string this[int row]
    {
        get
        {
            if (column is null || column.Codes[row] is TextColumn.Null) return "";
            return known[column.Codes[row]] ??= column.Dictionary.Text(column.Codes[row]);
        }
    }
}
