namespace Azure.Data.Tables.Models;

/// <summary>A table of an account.</summary>
/// <remarks>Source: Azure.Data.Tables.</remarks>
public class TableItem(string name)
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;
}
