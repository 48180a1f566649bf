using IncidentDesk.Incidents;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace IncidentDesk.Web.Pages;

/// <summary>
/// The form of an act, folded away until it is wanted, with what every such form sends: its key and what its reader has seen. It is left out where the act is not allowed.
/// </summary>
[HtmlTargetElement("act", Attributes = "do")]
public sealed class ActTag(IHtmlGenerator html) : TagHelper
{
    /// <summary>The act.</summary>
    public Act Do { get; set; }

    /// <summary>What the button says, where it is not what the act is called.</summary>
    public string? Button { get; set; }

    /// <summary>Where it stands.</summary>
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext View { get; set; } = null!;

    /// <inheritdoc/>
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var page = (OneIncidentPage)View.ViewData.Model!;
        if (!page.Shows(Do))
        {
            output.SuppressOutput();
            return;
        }

        var words = View.HttpContext.RequestServices.GetRequiredService<Words>();
        var (name, code) = (words.Of(Do, page.Work.View.Ticket.Policy.PauseMode), Do.ToString().ToLowerInvariant());
        var form = new TagBuilder("form");
        form.Attributes["method"] = "post";
        form.Attributes["action"] = page.At(Do == Act.Reveal ? "handler=Reveal" : "act=" + code);
        form.InnerHtml.AppendHtml(html.GenerateAntiforgery(View));
        Hidden("form", code);
        Hidden(FormKey.Name, page.KeyOf(code));
        Hidden("seen", page.Work.View.State.LastSeq.ToString(System.Globalization.CultureInfo.InvariantCulture));
        form.InnerHtml.AppendHtml(await output.GetChildContentAsync());
        var button = new TagBuilder("button");
        button.InnerHtml.Append(Button ?? name);
        form.InnerHtml.AppendHtml(button);
        var summary = new TagBuilder("summary");
        summary.InnerHtml.Append(name);
        output.TagName = "details";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("id", "act-" + code);
        if (page.Sent == Do)
        {
            output.Attributes.SetAttribute("open", "open");
        }

        output.Content.AppendHtml(summary).AppendHtml(form);

        void Hidden(string field, string value)
        {
            var input = new TagBuilder("input") { TagRenderMode = TagRenderMode.SelfClosing };
            (input.Attributes["type"], input.Attributes["name"], input.Attributes["value"]) = ("hidden", field, value);
            form.InnerHtml.AppendHtml(input);
        }
    }
}
