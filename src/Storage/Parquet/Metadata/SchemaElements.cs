using System.Text;
using Cairn.Storage.Parquet.Thrift;

namespace Cairn.Storage.Parquet.Metadata;

/// <summary>The schema as the footer's flat list of elements, each group followed by its children.</summary>
/// <remarks>Source: apache/parquet-format, src/main/thrift/parquet.thrift, <c>SchemaElement</c>, <c>LogicalType</c>, <c>ConvertedType</c>.</remarks>
static class SchemaElements
{
    const int TypeId = 1, TypeLengthId = 2, RepetitionId = 3, NameId = 4, ChildrenId = 5, ConvertedId = 6, FieldIdId = 9, LogicalId = 10;

    /// <summary>Elements of a schema that is read; more than any table here has columns.</summary>
    const int MaxElements = 100_000;

    public static int Count(ParquetSchema schema) => 1 + schema.Fields.Sum(Count);

    static int Count(ParquetField field) => 1 + (field is ParquetGroup group ? group.Fields.Sum(Count) : 0);

    public static void Write(ParquetSchema schema, scoped ref CompactWriter writer)
    {
        writer.BeginStruct();
        writer.Field(NameId, "schema");
        writer.Field(ChildrenId, schema.Fields.Count);
        writer.EndStruct();
        foreach (var field in schema.Fields) Write(field, ref writer);
    }

    static void Write(ParquetField field, scoped ref CompactWriter writer)
    {
        var column = field as ParquetColumn;
        var group = field as ParquetGroup;
        writer.BeginStruct();
        if (column is not null) writer.Field(TypeId, (int)column.Type);
        if (column?.FixedLength > 0) writer.Field(TypeLengthId, column.FixedLength);
        writer.Field(RepetitionId, (int)field.Repetition);
        writer.Field(NameId, field.Name);
        if (group is not null) writer.Field(ChildrenId, group.Fields.Count);
        var (converted, logical) = Annotations(field);
        if (converted is { } number) writer.Field(ConvertedId, number);
        if (field.FieldId is { } id) writer.Field(FieldIdId, id);
        if (logical != 0) WriteLogical(logical, column, ref writer);
        writer.EndStruct();
        if (group is null) return;
        foreach (var child in group.Fields) Write(child, ref writer);
    }

    static (int? Converted, int Logical) Annotations(ParquetField field) => field switch
    {
        ParquetColumn { Logical: LogicalType.Text } => (0, 1),
        ParquetColumn { Logical: LogicalType.Json } => (19, 12),
        ParquetColumn { Logical: LogicalType.TimestampMs } => (9, 8),
        ParquetColumn { Logical: LogicalType.TimestampUs } => (10, 8),
        ParquetColumn { Logical: LogicalType.Date } => (6, 6),
        ParquetGroup { Kind: GroupKind.Map } => (1, 2),
        ParquetGroup { Kind: GroupKind.List } => (3, 3),
        _ => (null, 0),
    };

    /// <summary>The union's member, an empty struct but for timestamps.</summary>
    static void WriteLogical(int member, ParquetColumn? column, scoped ref CompactWriter writer)
    {
        writer.BeginStruct(LogicalId);
        writer.BeginStruct(member);
        if (column?.Logical is LogicalType.TimestampMs or LogicalType.TimestampUs)
        {
            writer.Field(1, true);
            writer.BeginStruct(2);
            writer.BeginStruct(column.Logical == LogicalType.TimestampMs ? 1 : 2);
            writer.EndStruct();
            writer.EndStruct();
        }
        writer.EndStruct();
        writer.EndStruct();
    }

    /// <summary>Reads the list and puts the tree together.</summary>
    public static ParquetSchema Read(CompactType type, scoped ref CompactReader reader)
    {
        var count = reader.List(type, CompactType.Struct);
        if (count is 0 or > MaxElements) throw reader.Fault($"1 to {MaxElements} schema elements", $"{count}");
        var elements = new Element[count];
        for (var i = 0; i < count; i++) elements[i] = ReadElement(ref reader);
        var next = 1;
        var fields = new List<ParquetField>();
        for (var left = elements[0].Children; left > 0; left--) fields.Add(Build(elements, ref next, 1, in reader));
        if (next != count) throw reader.Fault($"{next} schema elements", $"{count}");
        try
        {
            return new ParquetSchema(fields);
        }
        catch (ArgumentException impossible)
        {
            throw reader.Fault("a schema of distinct names", impossible.Message);
        }
    }

    static ParquetField Build(Element[] elements, ref int next, int depth, scoped in CompactReader reader)
    {
        if (next >= elements.Length) throw reader.Fault("the children of a schema group", "the end of the schema");
        if (depth > ParquetSchema.MaxDepth) throw reader.Fault($"groups at most {ParquetSchema.MaxDepth} deep", "deeper ones");
        var element = elements[next++];
        var isNullable = element.Repetition == Repetition.Optional;
        var isRepeated = element.Repetition == Repetition.Repeated;
        if (element.Type is { } type)
        {
            if (type == PhysicalType.FixedBytes && element.TypeLength <= 0) throw reader.Fault("a length of fixed bytes above 0", $"{element.TypeLength}");
            return new ParquetColumn(element.Name, type, element.Logical, isNullable, element.FieldId) { IsRepeated = isRepeated, FixedLength = element.TypeLength };
        }
        var fields = new List<ParquetField>();
        for (var left = element.Children; left > 0; left--) fields.Add(Build(elements, ref next, depth + 1, in reader));
        return new ParquetGroup(element.Name, element.Kind, fields, isNullable, element.FieldId) { IsRepeated = isRepeated };
    }

    static Element ReadElement(scoped ref CompactReader reader)
    {
        CompactReader.RequireStruct(CompactType.Struct, in reader);
        var element = new Element();
        var id = 0;
        for (var type = reader.NextField(ref id); type != CompactType.Stop; type = reader.NextField(ref id))
        {
            switch (id)
            {
                case TypeId: element.Type = (PhysicalType)InRange(reader.Int32(type), 0, 7, in reader); break;
                case TypeLengthId: element.TypeLength = InRange(reader.Int32(type), 0, FileLayout.MaxPageBytes, in reader); break;
                case RepetitionId: element.Repetition = (Repetition)InRange(reader.Int32(type), 0, 2, in reader); break;
                case NameId: element.Name = Encoding.UTF8.GetString(reader.Binary(type)); break;
                case ChildrenId: element.Children = InRange(reader.Int32(type), 0, MaxElements, in reader); break;
                case ConvertedId: element.Converted(reader.Int32(type)); break;
                case FieldIdId: element.FieldId = reader.Int32(type); break;
                case LogicalId: element.Logically(ReadLogical(type, ref reader)); break;
                default: reader.Skip(type); break;
            }
        }
        // A group without children is how some writers put an empty struct; we have no use for it, and readers differ over it.
        if (element.Type is not null && element.Children > 0) throw reader.Fault("a column without children", $"{element.Children}");
        return element;
    }

    /// <summary>The union's member, and what it says of timestamps (<see cref="LogicalType.Other"/> for local ones) and of integers (the same for unsigned ones).</summary>
    static (int Member, LogicalType Logical) ReadLogical(CompactType type, scoped ref CompactReader reader)
    {
        CompactReader.RequireStruct(type, in reader);
        var member = 0;
        var logical = LogicalType.Other;
        var id = 0;
        for (var field = reader.NextField(ref id); field != CompactType.Stop; field = reader.NextField(ref id))
        {
            member = id;
            if (id == 8) logical = ReadTimestamp(field, ref reader);
            else if (id == 10) logical = ReadInteger(field, ref reader);
            else reader.Skip(field);
        }
        return (member, logical);
    }

    static LogicalType ReadInteger(CompactType type, scoped ref CompactReader reader)
    {
        CompactReader.RequireStruct(type, in reader);
        var isSigned = false;
        var id = 0;
        for (var field = reader.NextField(ref id); field != CompactType.Stop; field = reader.NextField(ref id))
        {
            if (id == 2) isSigned = reader.Boolean(field);
            else reader.Skip(field);
        }
        return isSigned ? LogicalType.None : LogicalType.Other;
    }

    static LogicalType ReadTimestamp(CompactType type, scoped ref CompactReader reader)
    {
        CompactReader.RequireStruct(type, in reader);
        var isUtc = false;
        var unit = 0;
        var id = 0;
        for (var field = reader.NextField(ref id); field != CompactType.Stop; field = reader.NextField(ref id))
        {
            if (id == 1)
            {
                isUtc = reader.Boolean(field);
            }
            else if (id == 2)
            {
                CompactReader.RequireStruct(field, in reader);
                var unitId = 0;
                for (var inner = reader.NextField(ref unitId); inner != CompactType.Stop; inner = reader.NextField(ref unitId))
                {
                    unit = unitId;
                    reader.Skip(inner);
                }
            }
            else
            {
                reader.Skip(field);
            }
        }
        return (isUtc, unit) switch { (true, 1) => LogicalType.TimestampMs, (true, 2) => LogicalType.TimestampUs, _ => LogicalType.Other };
    }

    static int InRange(int value, int min, int max, scoped in CompactReader reader) =>
        value >= min && value <= max ? value : throw reader.Fault($"a number from {min} to {max}", $"{value}");

    sealed class Element
    {
        bool hasLogical;

        public PhysicalType? Type { get; set; }

        public int TypeLength { get; set; }

        public Repetition Repetition { get; set; }

        public string Name { get; set; } = "";

        public int Children { get; set; }

        public int? FieldId { get; set; }

        public LogicalType Logical { get; private set; }

        public GroupKind Kind { get; private set; }

        /// <summary>The older annotation, which the newer one overrules.</summary>
        public void Converted(int number)
        {
            if (hasLogical) return;
            Logical = number switch { 0 => LogicalType.Text, 6 => LogicalType.Date, 9 => LogicalType.TimestampMs, 10 => LogicalType.TimestampUs, 15 or 16 or 17 or 18 => LogicalType.None, 19 => LogicalType.Json, _ => LogicalType.Other };
            Kind = number switch { 1 or 2 => GroupKind.Map, 3 => GroupKind.List, _ => GroupKind.Struct };
        }

        public void Logically((int Member, LogicalType Logical) annotation)
        {
            hasLogical = true;
            Logical = annotation.Member switch { 0 => LogicalType.None, 1 => LogicalType.Text, 6 => LogicalType.Date, 8 or 10 => annotation.Logical, 12 => LogicalType.Json, _ => LogicalType.Other };
            Kind = annotation.Member switch { 2 => GroupKind.Map, 3 => GroupKind.List, _ => GroupKind.Struct };
        }
    }
}
