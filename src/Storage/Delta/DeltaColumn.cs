using System.Collections.Immutable;
using Cairn.Storage.Parquet;

namespace Cairn.Storage.Delta;

/// <summary>A column of a table's schema.</summary>
/// <param name="Name">What engines call it: unique in its table, regardless of case.</param>
/// <param name="Type">What it holds.</param>
/// <param name="PhysicalName">What Parquet files, partition values and statistics call it; never changes and never comes again.</param>
/// <param name="FieldId">Its number in the table and in Parquet files, from 1; never comes again.</param>
/// <param name="Nullable">Whether a row may hold none.</param>
/// <param name="Notes">Other texts of the field's metadata, by key.</param>
public sealed record DeltaColumn(string Name, DeltaType Type, string PhysicalName, int FieldId, bool Nullable, ImmutableSortedDictionary<string, string> Notes)
{
    /// <summary>Where the metadata keep the name that was asked for, if it is not the column's.</summary>
    public const string OriginalNote = "cairn.name";

    /// <summary>Where the metadata keep the kind.</summary>
    public const string KindNote = "cairn.kind";

    /// <summary>The name that was asked for; <see cref="Name"/> may carry a suffix.</summary>
    public string Original => Notes.GetValueOrDefault(OriginalNote, Name);

    /// <summary>The caller's own word for what the column is; tells columns of one original name apart. Empty for those a table began with.</summary>
    public string Kind => Notes.GetValueOrDefault(KindNote, "");

    /// <summary>The column in a data file.</summary>
    /// <param name="keepsRange">As <see cref="ParquetColumn.KeepsRange"/>.</param>
    public ParquetColumn InParquet(bool keepsRange = false)
    {
        var (physical, logical) = Type switch
        {
            DeltaType.String => (PhysicalType.ByteArray, LogicalType.Text),
            DeltaType.Double => (PhysicalType.Double, LogicalType.None),
            DeltaType.Boolean => (PhysicalType.Boolean, LogicalType.None),
            DeltaType.Timestamp => (PhysicalType.Int64, LogicalType.TimestampMs),
            DeltaType.Long => (PhysicalType.Int64, LogicalType.None),
            DeltaType.Integer => (PhysicalType.Int32, LogicalType.None),
            DeltaType.Date => (PhysicalType.Int32, LogicalType.Date),
        };
        return new(PhysicalName, physical, logical, Nullable, FieldId, keepsRange);
    }
}

/// <summary>A column that a table begins with.</summary>
public readonly record struct DeltaFixedColumn(string Name, DeltaType Type, bool Nullable = true);
