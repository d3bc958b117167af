using Cairn.Query.Scanning;

namespace Cairn.Query.Journeys;

/// <summary>One number for each row of several parts, so that a row's source is kept in 4 bytes.</summary>
/// <remarks>A part's numbers begin at a multiple of <see cref="BlockRows"/>: which part a number belongs to is one look-up.</remarks>
sealed class RowSpace
{
    /// <summary>Rows that belong to the same part; what is left of a part's last block is lost.</summary>
    public const int BlockRows = 1 << BlockBits;

    const int BlockBits = 10;

    readonly int[] partOfBlock;
    readonly int[] firstRows;

    /// <exception cref="JourneysTooLargeException">There are more rows than numbers.</exception>
    public RowSpace(IReadOnlyList<IEventPart> parts)
    {
        Parts = parts;
        firstRows = new int[parts.Count];
        var blocks = 0L;
        for (var i = 0; i < firstRows.Length; i++)
        {
            firstRows[i] = (int)(blocks << BlockBits);
            blocks += (parts[i].RowCount + BlockRows - 1) >> BlockBits;
            if (blocks << BlockBits > int.MaxValue) throw new JourneysTooLargeException();
        }
        partOfBlock = new int[blocks];
        for (var i = 0; i < firstRows.Length; i++)
            partOfBlock.AsSpan(firstRows[i] >> BlockBits, (parts[i].RowCount + BlockRows - 1) >> BlockBits).Fill(i);
    }

    public IReadOnlyList<IEventPart> Parts { get; }

    /// <summary>The number of a part's row 0.</summary>
    public int FirstOf(int part) => firstRows[part];

    /// <summary>The part that a row number belongs to, as an index into <see cref="Parts"/>.</summary>
    public int PartOf(int number) => partOfBlock[number >> BlockBits];
}

/// <summary>There are more rows than a layout can hold.</summary>
sealed class JourneysTooLargeException() : Exception("there are more than two thousand million rows");
