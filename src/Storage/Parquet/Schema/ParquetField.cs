namespace Cairn.Storage.Parquet;

/// <summary>One node of a file's schema: a <see cref="ParquetColumn"/> holds values, a <see cref="ParquetGroup"/> holds fields.</summary>
/// <param name="Name">Unique among its siblings; any text.</param>
/// <param name="FieldId">The table's own number for it, null for none.</param>
public abstract record ParquetField(string Name, int? FieldId)
{
    public abstract Repetition Repetition { get; }
}

/// <summary>A column of values.</summary>
/// <param name="Name">Unique among its siblings; any text.</param>
/// <param name="Type">How its values are stored.</param>
/// <param name="Logical">What they mean.</param>
/// <param name="Nullable">Whether a row (or its parent) may hold none.</param>
/// <param name="FieldId">The table's own number for it, null for none.</param>
/// <param name="KeepsRange">
/// Whether the file's statistics hold the smallest and largest value of each row group; numbers only. Off by default: a statistic
/// must never name a person, so a range is kept only where the caller knows what the column holds.
/// </param>
public sealed record ParquetColumn(string Name, PhysicalType Type, LogicalType Logical = LogicalType.None, bool Nullable = true, int? FieldId = null, bool KeepsRange = false)
    : ParquetField(Name, FieldId)
{
    public override Repetition Repetition => IsRepeated ? Repetition.Repeated : Nullable ? Repetition.Optional : Repetition.Required;

    /// <summary>A list of old writers, without groups around its elements.</summary>
    internal bool IsRepeated { get; init; }

    /// <summary>Bytes of each value of a <see cref="PhysicalType.FixedBytes"/>; 0 otherwise.</summary>
    internal int FixedLength { get; init; }

    /// <summary>UTF-8 text.</summary>
    public static ParquetColumn Text(string name, bool nullable = true, int? fieldId = null) => new(name, PhysicalType.ByteArray, LogicalType.Text, nullable, fieldId);

    /// <summary>UTF-8 JSON text.</summary>
    public static ParquetColumn Json(string name, bool nullable = true, int? fieldId = null) => new(name, PhysicalType.ByteArray, LogicalType.Json, nullable, fieldId);

    public static ParquetColumn Int32(string name, bool nullable = true, int? fieldId = null, bool keepsRange = false) => new(name, PhysicalType.Int32, LogicalType.None, nullable, fieldId, keepsRange);

    public static ParquetColumn Int64(string name, bool nullable = true, int? fieldId = null, bool keepsRange = false) => new(name, PhysicalType.Int64, LogicalType.None, nullable, fieldId, keepsRange);

    /// <summary>A point in time, milliseconds UTC.</summary>
    public static ParquetColumn Timestamp(string name, bool nullable = true, int? fieldId = null, bool keepsRange = false) => new(name, PhysicalType.Int64, LogicalType.TimestampMs, nullable, fieldId, keepsRange);

    public static ParquetColumn Double(string name, bool nullable = true, int? fieldId = null, bool keepsRange = false) => new(name, PhysicalType.Double, LogicalType.None, nullable, fieldId, keepsRange);

    public static ParquetColumn Boolean(string name, bool nullable = true, int? fieldId = null) => new(name, PhysicalType.Boolean, LogicalType.None, nullable, fieldId);
}
