using System.Security.Cryptography;
using System.Text;

namespace IncidentDesk.Web.Pages;

/// <summary>
/// A form's key: made with the form, sent with it, and with the message it becomes, so that a double click or a lost answer never acts twice. A form that was refused keeps
/// its key, since nothing was stored.
/// </summary>
internal static class FormKey
{
    /// <summary>The name of the hidden field.</summary>
    public const string Name = "key";

    // What may differ when the same form is sent again.
    private static readonly string[] Beside = [Name, "__RequestVerificationToken", PageDoor.Review];

    /// <summary>A new one.</summary>
    public static string New() => Guid.NewGuid().ToString("N");

    /// <summary>
    /// The idempotency of the form that was sent (person, route, key, hash of address and fields), or null where it holds no key of ours. <paramref name="route"/> says what it does,
    /// in at most 64 characters of our own.
    /// </summary>
    public static string? Of(HttpRequest request, string person, string route)
    {
        var key = request.Form[Name].ToString();
        if (key.Length != 32 || !key.All(char.IsAsciiHexDigit))
        {
            return null;
        }

        var said = new StringBuilder(request.Path).Append('\u001E');
        foreach (var (name, value) in request.Form.Where(f => !Beside.Contains(f.Key)).OrderBy(f => f.Key, StringComparer.Ordinal).SelectMany(f => f.Value, (f, v) => (f.Key, v)))
        {
            said.Append(name).Append('\u001F').Append(value).Append('\u001E');
        }

        return $"{person}\n{route}\n{key}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(said.ToString())))}";
    }
}
