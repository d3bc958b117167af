using System.Text;
using System.Text.Unicode;

namespace Cairn.Projects.LookupTables;

/// <summary>Checks the CSV of a lookup table: RFC 4180, UTF-8, a header of distinct names, and a key in the first column of each row.</summary>
/// <remarks>Source: Mixpanel docs, "Replace Lookup Table". Blank lines are skipped; a byte order mark is no part of the first name.</remarks>
public static class LookupTableCsv
{
    /// <summary>Faults told at most. Source: the same page lists at most ten rows.</summary>
    public const int MaxFaults = 10;

    /// <summary>The first faults, in the order of rows; empty where the table is good.</summary>
    public static IReadOnlyList<LookupTableFault> Check(ReadOnlySpan<byte> csv)
    {
        if (!Utf8.IsValid(csv)) return [new(0, LookupTableFaultReason.InvalidUtf8)];
        var faults = new List<LookupTableFault>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var rows = new CsvRows(csv);
        var columnCount = 0;
        for (var rowIndex = 0; faults.Count < MaxFaults && rows.MoveNext(); rowIndex++)
        {
            var fields = rows.Current;
            var fault = rows.HasBadQuote ? LookupTableFaultReason.BadQuote
                : rowIndex == 0 ? CheckHeader(fields)
                : fields.Count != columnCount ? LookupTableFaultReason.WrongFieldCount
                : string.IsNullOrWhiteSpace(fields[0]) ? LookupTableFaultReason.BlankKey
                : !keys.Add(fields[0]) ? LookupTableFaultReason.RepeatedKey
                : default;
            if (rowIndex == 0) columnCount = fields.Count;
            if (fault != default) faults.Add(new(rowIndex, fault));
        }
        if (columnCount == 0 && faults.Count == 0) faults.Add(new(0, LookupTableFaultReason.BadHeader));
        return faults;
    }

    static LookupTableFaultReason CheckHeader(List<string> names) =>
        names.Any(string.IsNullOrWhiteSpace) || names.Distinct(StringComparer.Ordinal).Count() != names.Count
            ? LookupTableFaultReason.BadHeader
            : default;

    /// <summary>Rows of a CSV text, one after the other; the list of fields is used again for the next row.</summary>
    ref struct CsvRows(ReadOnlySpan<byte> csv)
    {
        readonly ReadOnlySpan<byte> csv = csv.StartsWith("\uFEFF"u8) ? csv[3..] : csv;
        readonly List<byte> field = [];
        int at;

        public List<string> Current { get; } = [];
        public bool HasBadQuote { get; private set; }

        public bool MoveNext()
        {
            while (at < csv.Length && csv[at] is (byte)'\r' or (byte)'\n') at++;
            if (at >= csv.Length) return false;
            Current.Clear();
            HasBadQuote = false;
            while (ReadField()) { }
            return true;
        }

        /// <summary>Reads a field; false where it was the row's last.</summary>
        bool ReadField()
        {
            field.Clear();
            if (at < csv.Length && csv[at] == '"') ReadQuoted();
            while (at < csv.Length && csv[at] is not ((byte)',' or (byte)'\n' or (byte)'\r'))
            {
                HasBadQuote |= csv[at] == '"';
                field.Add(csv[at++]);
            }
            Current.Add(Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(field)));
            if (at >= csv.Length || csv[at] != ',') return false;
            at++;
            return true;
        }

        void ReadQuoted()
        {
            at++;
            while (at < csv.Length)
            {
                if (csv[at] != '"')
                {
                    field.Add(csv[at++]);
                    continue;
                }
                at++;
                if (at >= csv.Length || csv[at] != '"') return;
                field.Add(csv[at++]);
            }
            HasBadQuote = true;
        }
    }
}
