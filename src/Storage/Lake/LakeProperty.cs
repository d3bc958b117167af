using System.Runtime.InteropServices;
using Cairn.Storage.Delta;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake;

/// <summary>A property's (or group's) column: what rows call <c>s.plan</c>, and the table a string column <c>plan</c> of kind <c>property</c>.</summary>
/// <param name="Name">As the sender gave it.</param>
/// <param name="Kind">What the table's metadata say of it.</param>
[StructLayout(LayoutKind.Auto)]
readonly record struct LakeProperty(string Name, DeltaType Type, string Kind, string Prefix)
{
    const string Property = "property", Json = "json", Group = "group", GroupJson = "group_json";

    static readonly (string Prefix, DeltaType Type, string Kind)[] Kinds =
    [
        (RowLayout.Text, DeltaType.String, Property),
        (RowLayout.Number, DeltaType.Double, Property),
        (RowLayout.Boolean, DeltaType.Boolean, Property),
        (RowLayout.Json, DeltaType.String, Json),
        (RowLayout.Group, DeltaType.String, Group),
        (RowLayout.GroupJson, DeltaType.String, GroupJson),
    ];

    public bool IsGroup => Kind is Group or GroupJson;

    /// <summary>False for a column of every row.</summary>
    public static bool TryParse(string rowName, out LakeProperty property)
    {
        foreach (var (prefix, type, kind) in Kinds)
        {
            if (!rowName.StartsWith(prefix, StringComparison.Ordinal)) continue;
            property = new(rowName[prefix.Length..], type, kind, prefix);
            return true;
        }
        property = default;
        return false;
    }

    /// <summary>What rows call a column of the table; null for one that is no property of ours.</summary>
    public static string? RowNameOf(DeltaColumn column)
    {
        foreach (var (prefix, type, kind) in Kinds)
            if (column.Type == type && column.Kind == kind) return prefix + column.Original;
        return null;
    }
}
